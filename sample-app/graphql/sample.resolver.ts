import { on } from 'node:events';
import { Args, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { AllowAnonymous, CurrentUser, type DocSpaceUser, RequireRoles } from 'nestjs-docspace-auth';
import { Room } from '../live/room.js';
import type { Me } from '../profile/me.dto.js';
import { MeType } from './me.type.js';

/** Guarded by the global guard, as controllers are. */
@Resolver()
export class SampleResolver {
  constructor(private readonly room: Room) {}

  @Query(() => MeType)
  me(@CurrentUser() { displayName, email, role }: DocSpaceUser): Me {
    return { name: displayName, email, role };
  }

  @RequireRoles('admin')
  @Query(() => String)
  forAdmins(): string {
    return 'You administer this DocSpace.';
  }

  @AllowAnonymous()
  @Query(() => String)
  forEverybody(): string {
    return 'Whoever you are: welcome.';
  }

  @Mutation(() => Boolean)
  say(@CurrentUser() { displayName }: DocSpaceUser, @Args('text') text: string): boolean {
    this.room.say(displayName, text);
    return true;
  }

  @Subscription(() => String, { resolve: ([sentence]: [string]) => sentence })
  said(): AsyncIterable<unknown> {
    return on(this.room, 'said');
  }
}
