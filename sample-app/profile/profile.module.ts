import { Module } from '@nestjs/common';
import { ProfilePageController } from './profile-page.controller.js';
import { ProfileController } from './profile.controller.js';

@Module({ controllers: [ProfileController, ProfilePageController] })
export class ProfileModule {}
