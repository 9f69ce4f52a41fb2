import type { App } from '../app';
import { ExplanationDocuments } from '../documents/explanation';
import { InspectDocuments } from '../documents/inspect';
import { LogChannels } from '../documents/logs';
import { removeService, rollbackService, scaleService, updateImage, updateService } from './change-service';
import { initSwarm, removeNetwork, startOver } from './cluster';
import { registerAll } from './command';
import { createNetwork } from './create-network';
import { createService } from './create-service';
import { lookCommands } from './look';
import { addNode, power, removeNode, setAvailability, setRole, startNodes } from './nodes';
import { realCommands } from './real';
import { timeCommands } from './time';

/** All commands of trees and palette. Each also takes arguments, so that programs can drive it. */
export function registerCommands(app: App): void {
  registerAll(app, [
    { id: 'createNetwork', run: createNetwork },
    { id: 'removeNetwork', run: removeNetwork },
    { id: 'createService', run: createService },
    { id: 'scaleService', run: scaleService },
    { id: 'updateImage', run: updateImage },
    { id: 'updateService', run: updateService },
    { id: 'rollbackService', run: rollbackService },
    { id: 'removeService', run: removeService },
    { id: 'drainNode', run: setAvailability('drain') },
    { id: 'pauseNode', run: setAvailability('pause') },
    { id: 'activateNode', run: setAvailability('active') },
    { id: 'promoteNode', run: setRole('manager') },
    { id: 'demoteNode', run: setRole('worker') },
    { id: 'addNode', run: addNode },
    { id: 'removeNode', run: removeNode },
    { id: 'powerOffNode', run: power('off') },
    { id: 'powerOnNode', run: power('on') },
    { id: 'initSwarm', run: initSwarm },
    { id: 'startOver', run: startOver, opens: false },
    { id: 'startNodes', run: startNodes },
    ...realCommands,
    ...timeCommands,
    ...lookCommands(new InspectDocuments(app), new ExplanationDocuments(app), new LogChannels(app)),
  ]);
}
