/**
 * The Engine API's shapes, spelt as Docker spells them: types, and the few pure helpers that belong to a shape.
 * Not here: behaviour, validation, defaults. Imports nothing but itself.
 */
export * from './cluster';
export * from './common';
export * from './container';
export * from './container-spec';
export * from './lab';
export * from './network';
export * from './node';
export * from './profile';
export * from './service';
export * from './system';
export * from './task';
export * from './volume';
