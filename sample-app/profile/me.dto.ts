import { ApiProperty } from '@nestjs/swagger';
import type { DocSpaceRole } from 'nestjs-docspace-auth';

/** What the application tells of the caller. */
export interface Me {
  readonly name: string;
  readonly email: string;
  readonly role: DocSpaceRole;
}

/** The same, for OpenAPI. */
export class MeBody implements Me {
  @ApiProperty({ example: 'Una User' })
  readonly name!: string;

  @ApiProperty({ example: 'user@example.com' })
  readonly email!: string;

  @ApiProperty({ enum: ['owner', 'admin', 'room-admin', 'user', 'guest'] })
  readonly role!: DocSpaceRole;
}
