/** Additions to the image catalogue, from a configuration's text. Throws CatalogueError with the place that is wrong. */
export { parseCatalogue as readImages } from '../daemon';
