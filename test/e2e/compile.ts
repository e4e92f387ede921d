import { join } from 'node:path';
import ts from 'typescript';

const folder = join(__dirname, '..');

/** What the compiler says about pieces of code, each a module of its own, under this repository's strict flags. */
export function complaintsAbout(pieces: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const files = new Map(pieces.map((code, index) => [join(folder, `piece-${index + 1}.ts`), code]));
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([...files.keys()], options, {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    readFile: (path) => files.get(path) ?? host.readFile(path),
    getSourceFile: (path, version) => {
      const code = files.get(path);
      return code === undefined ? host.getSourceFile(path, version) : ts.createSourceFile(path, code, version);
    },
  });
  return [...files.keys()].flatMap((path) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(
        ({ messageText }) => `${path.slice(folder.length + 1)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      ),
  );
}
