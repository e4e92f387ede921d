import { ApiProperty } from '@nestjs/swagger';

/** What the application knows of the caller. */
export interface Me {
  readonly portal: string;
  readonly checkedAt: string;
  readonly stale: boolean;
}

/** The same, for OpenAPI. */
export class MeBody implements Me {
  @ApiProperty({ example: 'default' })
  readonly portal!: string;

  @ApiProperty({ description: 'When the portal was asked', format: 'date-time' })
  readonly checkedAt!: string;

  @ApiProperty({ description: 'Whether an earlier answer stands in during an outage' })
  readonly stale!: boolean;
}
