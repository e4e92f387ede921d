import { type Cluster, Redis, type RedisOptions } from 'ioredis';
import { atMost, backoffMs, DEAD_AFTER_MS, watch } from './patience.js';

/** Where commands go, and where subscriptions come from. */
export interface RedisSource {
  readonly commands: Redis | Cluster;
  /** A new connection that gives up when it closes; undefined while a cluster knows none of its nodes. */
  subscriber(): Redis | undefined;
  /** Closes the connection for commands, unless it was given. */
  close(): Promise<void>;
}

/** Nothing waits for a connection, and nothing is sent twice. */
const impatient: RedisOptions = {
  lazyConnect: false,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  commandTimeout: DEAD_AFTER_MS,
  connectTimeout: DEAD_AFTER_MS,
  disconnectTimeout: 100,
};

const forCommands: RedisOptions = {
  ...impatient,
  retryStrategy: backoffMs,
  // A master that became a replica: ask again who the master is.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
};

const forSubscription: RedisOptions = {
  ...impatient,
  autoResubscribe: false,
  reconnectOnError: null,
  retryStrategy: null,
};

/** Opens what was given: a URL, options, or a connection that somebody else closes. */
export function openRedis(given: string | RedisOptions | Redis | Cluster): RedisSource {
  if (typeof given === 'string') return ownSource(new Redis(given, forCommands));
  if (!isConnection(given)) return ownSource(new Redis({ ...given, ...forCommands }));
  if (given.status === 'wait') given.connect().catch(ignore);
  return {
    commands: given,
    subscriber: () => (isCluster(given) ? nodeSubscriber(given) : given.duplicate(forSubscription)),
    close: () => Promise.resolve(),
  };
}

/** Disconnects, and waits until that is done unless it takes long. */
export async function letGo(redis: Redis): Promise<void> {
  const isOpen = ['connecting', 'connect', 'ready', 'close'].includes(redis.status);
  const ended = isOpen ? new Promise((resolve) => redis.once('end', resolve)) : Promise.resolve();
  redis.disconnect();
  await atMost(DEAD_AFTER_MS, ended).catch(ignore);
}

/** For an error that is told elsewhere: by the rejection of whoever needed the connection. */
export const ignore = (): void => undefined;

function ownSource(redis: Redis): RedisSource {
  redis.on('error', ignore);
  const stopWatching = watch(redis, () => redis.disconnect(true));
  return {
    commands: redis,
    subscriber: () => redis.duplicate(forSubscription),
    close: () => {
      stopWatching();
      return letGo(redis);
    },
  };
}

/** Any node of a cluster hears what is published on any other, as long as it belongs to it. */
function nodeSubscriber(cluster: Cluster): Redis | undefined {
  const nodes = cluster.nodes();
  const subscriber = nodes[Math.floor(Math.random() * nodes.length)]?.duplicate(forSubscription);
  if (!subscriber) return undefined;
  const { host, port } = subscriber.options;
  const leave = ({ options }: Redis): void => {
    if (options.host === host && options.port === port) subscriber.disconnect();
  };
  cluster.on('-node', leave);
  subscriber.once('end', () => cluster.off('-node', leave));
  return subscriber;
}

/** Not by its class: there may be two copies of ioredis. */
function isConnection(given: RedisOptions | Redis | Cluster): given is Redis | Cluster {
  return 'duplicate' in given && typeof given.duplicate === 'function';
}

function isCluster(given: Redis | Cluster): given is Cluster {
  return given.isCluster;
}
