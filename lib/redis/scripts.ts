import { hash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { isScriptMissing } from './failure.js';

/** A script that Redis runs in one go; all its keys share one hash slot. */
export interface RedisScript {
  readonly lua: string;
  readonly sha1: string;
}

const script = (lua: string): RedisScript => ({ lua, sha1: hash('sha1', lua) });

/** Keys: session, ended. Arguments: value, ttl. */
export const PUT = script(`
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`);

/**
 * Keys: session, ended. Arguments: ttl, channel, message. A revocation is never shortened by a later one. Dropping comes
 * first, since a script that has written is let through to its end by a server that is out of memory.
 */
export const REVOKE = script(`
redis.call('DEL', KEYS[1])
local ttl = math.max(tonumber(ARGV[1]), redis.call('PTTL', KEYS[2]))
redis.call('SET', KEYS[2], '1', 'PX', string.format('%d', ttl))
redis.call('PUBLISH', ARGV[2], ARGV[3])`);

/** Key: count. Arguments: limit, window. A count of 'blocked' reaches every limit. */
export const TAKE = script(`
local count = redis.call('GET', KEYS[1]) or '0'
if count == 'blocked' or tonumber(count) >= tonumber(ARGV[1]) then return math.max(1, redis.call('PTTL', KEYS[1])) end
redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 0`);

/** Key: count. A count of one is dropped with its window. */
export const GIVE_BACK = script(`
local count = redis.call('GET', KEYS[1])
if not count or count == 'blocked' then return end
if tonumber(count) > 1 then redis.call('DECR', KEYS[1]) else redis.call('DEL', KEYS[1]) end`);

/** Key: count. Argument: for how long. A block is never shortened by a later one. */
export const BLOCK = script(`
local ms = tonumber(ARGV[1])
if redis.call('GET', KEYS[1]) == 'blocked' then ms = math.max(ms, redis.call('PTTL', KEYS[1])) end
redis.call('SET', KEYS[1], 'blocked', 'PX', string.format('%d', ms))`);

/** Key: count. */
export const BLOCKED_MS = script(`
if redis.call('GET', KEYS[1]) ~= 'blocked' then return 0 end
return math.max(1, redis.call('PTTL', KEYS[1]))`);

/** Runs a script by its name, and sends its text only to a server that does not hold it. */
export async function runScript(
  redis: Redis | Cluster,
  { lua, sha1 }: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(sha1, keys.length, ...keys, ...args);
  } catch (error) {
    if (!isScriptMissing(error)) throw error;
    return redis.eval(lua, keys.length, ...keys, ...args);
  }
}
