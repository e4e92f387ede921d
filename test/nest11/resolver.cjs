/** Resolves the peers, and nothing else, from this folder: for everybody but the packages in it, which find their own. */
const { realpathSync } = require('node:fs');
const { join, sep } = require('node:path');
const { dependencies } = require('./package.json');

const inside = realpathSync(__dirname) + sep;
const names = Object.keys(dependencies);
const isPeer = (request) => names.some((name) => request === name || request.startsWith(`${name}/`));

module.exports = (request, options) => {
  const isOurs = !options.basedir.startsWith(inside) && isPeer(request);
  return options.defaultResolver(request, isOurs ? { ...options, basedir: join(__dirname, 'x') } : options);
};
