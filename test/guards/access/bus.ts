import { BaseRpcContext, ClientProxy, type ReadPacket, Server, type WritePacket } from '@nestjs/microservices';

type Headers = Record<string, string>;
type Respond = (packet: WritePacket) => void;

/** What a handler is told of a message beside its data. */
export class BusContext extends BaseRpcContext<[Headers]> {
  get headers(): Headers {
    return this.getArgs()[0];
  }
}

/** The server's side of a transport that is nobody's but the application's: messages go by function calls, as JSON. */
export class BusServer extends Server {
  listen(callback: () => void): void {
    callback();
  }

  async receive({ pattern, data }: ReadPacket, headers: Headers, respond: Respond): Promise<void> {
    const handler = this.getHandlerByPattern(pattern as string);
    const answer: unknown = await handler?.(data, new BusContext([headers]));
    this.send(this.transformToObservable(answer), (packet) => respond(overTheWire(packet)));
  }

  close(): void {
    return undefined;
  }

  on(): void {
    return undefined;
  }

  unwrap(): never {
    throw new Error('there is nothing below');
  }
}

/** A caller, with the headers of all its messages. */
export class BusClient extends ClientProxy {
  constructor(
    private readonly server: BusServer,
    private readonly headers: Headers,
  ) {
    super();
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    return undefined;
  }

  unwrap(): never {
    throw new Error('there is nothing below');
  }

  protected publish(packet: ReadPacket, respond: Respond): () => void {
    void this.server.receive(overTheWire(packet), this.headers, respond);
    return () => undefined;
  }

  protected dispatchEvent(): Promise<never> {
    return Promise.reject(new Error('no events'));
  }
}

const overTheWire = <T>(packet: T): T => JSON.parse(JSON.stringify(packet)) as T;
