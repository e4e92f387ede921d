import fc from 'fast-check';

/** That a property fails is all that is asked here; the smallest example takes long to find, and nobody reads it. */
fc.configureGlobal({ endOnFailure: true });
