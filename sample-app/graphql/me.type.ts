import { Field, ObjectType } from '@nestjs/graphql';
import type { DocSpaceRole } from 'nestjs-docspace-auth';
import type { Me } from '../profile/me.dto.js';

/** Who is signed in, for GraphQL. */
@ObjectType('Me')
export class MeType implements Me {
  @Field()
  readonly name!: string;

  @Field()
  readonly email!: string;

  @Field(() => String)
  readonly role!: DocSpaceRole;
}
