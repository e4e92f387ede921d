import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AuthRequestsDto, DocSpaceEnded } from 'nestjs-docspace-auth';

export class LoginBody implements AuthRequestsDto {
  @ApiProperty({ example: 'user@example.com' })
  readonly userName!: string;

  @ApiProperty({ example: 'user-password' })
  readonly password!: string;

  @ApiPropertyOptional({ description: 'True for a log-in that ends with the browser' })
  readonly session?: boolean;
}

export class ChallengeBody {
  @ApiProperty({ description: 'From the answer of the step before' })
  readonly challenge!: string;
}

export class CodeBody extends ChallengeBody {
  @ApiProperty({ description: 'From the SMS or the authenticator app, or a backup code', example: '123456' })
  readonly code!: string;
}

export class PhoneBody extends ChallengeBody {
  @ApiProperty({ example: '123456789' })
  readonly mobilePhone!: string;
}

/** What a step came to; the other members depend on `status`. */
export class OutcomeBody {
  @ApiProperty({ enum: ['authenticated', 'code-required', 'app-enrolment', 'phone-enrolment'] })
  readonly status!: string;

  @ApiPropertyOptional({ description: 'The authentication token, when `status` is `authenticated`' })
  readonly token?: string;

  @ApiPropertyOptional({ description: 'Goes back with the next step, when there is one' })
  readonly challenge?: string;
}

export class EndedBody implements DocSpaceEnded {
  @ApiProperty({ description: 'Whether the portal says that the token is dead' })
  readonly revoked!: boolean;

  @ApiPropertyOptional({ description: 'Where to leave the single sign-on too' })
  readonly singleLogoutUrl?: string;
}
