/** The managers' control API: checks users' wishes with SwarmKit's texts and writes them to the store. Not here: HTTP, names, filters. */
export type { AttachmentRequest } from './attachments';
export type { Rotation } from './cluster';
export type { ControlAPIContext, Membership } from './context';
export { ControlAPI } from './control-api';
export { isImageReference } from './image-reference';
export { maxConfigSize, maxSecretSize } from './secrets';
export { defaultRestartPolicy, defaultUpdateConfig, interpolateService } from './service-defaults';
export { validateServiceSpec } from './validate-service';
