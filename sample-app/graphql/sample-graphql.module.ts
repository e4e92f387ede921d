import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { DocSpaceHandshake } from 'nestjs-docspace-auth';
import { LiveModule } from '../live/live.module.js';
import { GraphqlPageController } from './graphql-page.controller.js';
import { SampleResolver } from './sample.resolver.js';

@Module({
  imports: [
    LiveModule,
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      inject: [DocSpaceHandshake],
      useFactory: (handshake: DocSpaceHandshake) => ({
        autoSchemaFile: true,
        graphiql: false,
        includeStacktraceInErrorResponses: false,
        // Refuses connections of whoever is not signed in, and closes those whose session is over.
        subscriptions: { 'graphql-ws': handshake.graphqlWs() },
      }),
    }),
  ],
  controllers: [GraphqlPageController],
  providers: [SampleResolver],
})
export class SampleGraphqlModule {}
