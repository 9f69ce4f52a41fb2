import * as vscode from 'vscode';
import type { App } from '../app';
import { checkGateway, checkNetworkName, checkSubnet, overlaps } from '../model/checks';
import { t } from '../model/l10n';
import { subnetOf } from '../model/network-rows';
import type { NetworkForm } from '../model/spec';
import { networkRequest } from '../model/spec';
import { quickInput } from '../wizard/quick-input';
import type { WizardQuestion } from '../wizard/wizard';
import { runWizard } from '../wizard/wizard';
import type { Input } from './command';

type Created = { readonly Id: string; readonly Warning: string };

/** `docker network create`: by a wizard, or with `{ name, driver, subnet, gateway, encrypted, attachable, internal }`. */
export async function createNetwork(app: App, input: Input): Promise<Created | undefined> {
  if (input.form) {
    const form = { ...input.form, name: input.text('name') ?? '' } as NetworkForm;
    return create(app, form);
  }
  const made = await runWizard(quickInput, {
    title: t('Create Network'),
    questions: questions(app),
    state: { name: '', driver: 'overlay' } as NetworkForm,
    finish: (form) => create(app, form).then((created) => ({ form, created })),
  });
  if (made) void vscode.window.showInformationMessage(t('Network {0} created.', made.form.name));
  return made?.created;
}

function create(app: App, form: NetworkForm): Promise<Created> {
  return app.client.networks.create(networkRequest(form));
}

function questions(app: App): WizardQuestion<NetworkForm>[] {
  const networks = app.model.objects.networks.values();
  const names = networks.map((network) => network.Name);
  const clash = (subnet: string): string | undefined =>
    networks.find((network) => network.Scope === 'swarm' && overlaps(subnet, subnetOf(network)))?.Name;
  return [
    {
      kind: 'input',
      title: t('Name'),
      prompt: t('Name of the network'),
      placeholder: 'collabnet',
      value: (form) => form.name,
      check: checkNetworkName(names),
      write: (name, form) => ({ ...form, name }),
      blame: /name|already exists/,
    },
    {
      kind: 'pick',
      title: t('Driver'),
      prompt: t('How containers of the network reach each other'),
      items: () => [
        { label: 'overlay', value: 'overlay', detail: t('Spans all nodes of the swarm; services can use it') },
        { label: 'bridge', value: 'bridge', detail: t('On one node only; services cannot use it') },
      ],
      value: (form) => [form.driver ?? 'overlay'],
      write: ([driver], form) => ({ ...form, driver: driver ?? 'overlay' }),
    },
    {
      kind: 'input',
      title: t('Subnet'),
      prompt: t('Addresses of the network, such as 10.0.3.0/24; empty lets the engine choose'),
      placeholder: '10.0.3.0/24',
      value: (form) => form.subnet ?? '',
      check: (text, form) => {
        const error = checkSubnet(text);
        const other = !error && text && form.driver === 'overlay' ? clash(text) : undefined;
        // The engine accepts such a network, and then never makes it work (ALLOC-15).
        return other
          ? t('Overlaps the network {0}: the engine would accept it, but it would never work.', other)
          : error;
      },
      write: (subnet, form) => ({ ...form, subnet }),
      blame: /subnet|pool|CIDR|IPAM|ipam/i,
    },
    {
      kind: 'input',
      title: t('Gateway'),
      prompt: t('Address of the gateway in the subnet; empty takes the first'),
      when: (form) => !!form.subnet,
      value: (form) => form.gateway ?? '',
      check: (text, form) => checkGateway(form.subnet ?? '')(text),
      write: (gateway, form) => ({ ...form, gateway }),
      blame: /gateway/i,
    },
    {
      kind: 'pick',
      many: true,
      title: t('Options'),
      prompt: t('Check what the network is to be; none is usual'),
      items: (form) => [
        ...(form.driver === 'overlay'
          ? [{ label: t('Encrypted'), value: 'encrypted', detail: t('Traffic between the nodes is encrypted') }]
          : []),
        { label: t('Attachable'), value: 'attachable', detail: t('Containers outside of services may join it') },
        { label: t('Internal'), value: 'internal', detail: t('No way out of the network') },
      ],
      value: (form) => (['encrypted', 'attachable', 'internal'] as const).filter((option) => form[option]),
      write: (values, form) => ({
        ...form,
        encrypted: values.includes('encrypted'),
        attachable: values.includes('attachable'),
        internal: values.includes('internal'),
      }),
    },
  ];
}
