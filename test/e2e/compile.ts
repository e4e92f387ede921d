import { dirname, join } from 'node:path';
import ts from 'typescript';

const folder = join(__dirname, '..');
/** The configuration of the Nest that the specs run on. */
const configFile = require.resolve('@nestjs/common').includes(join('test', 'nest11'))
  ? join(folder, '../tsconfig.nest11.json')
  : join(folder, 'tsconfig.json');

/** What the compiler says about pieces of code, each a module of its own, under this repository's strict flags. */
export function complaintsAbout(pieces: readonly { readonly name: string; readonly code: string }[]): string[] {
  const { config } = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(configFile));
  const files = new Map(pieces.map((piece, index) => [join(folder, `piece-${index + 1}.ts`), piece]));
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([...files.keys()], options, {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    readFile: (path) => files.get(path)?.code ?? host.readFile(path),
    getSourceFile: (path, version) => {
      const piece = files.get(path);
      return piece ? ts.createSourceFile(path, piece.code, version) : host.getSourceFile(path, version);
    },
  });
  return [...files].flatMap(([path, { name }]) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
  );
}
