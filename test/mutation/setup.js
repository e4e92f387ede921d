import fc from 'fast-check';

/**
 * That a property fails is all that is asked here: the smallest example takes long to find, and nobody reads it. Twenty
 * examples show most mistakes; a property that needs more says so itself.
 */
fc.configureGlobal({ endOnFailure: true, numRuns: 20 });
