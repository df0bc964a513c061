/** A custom endpoint: any server that speaks one of the protocols, on this machine or elsewhere. */
import { Modal, PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Outputs, queries, queryClient } from '../../api.ts';
import { FormButtons, FormError } from '../../ui/form-parts.tsx';
import styles from './providers.module.css';

export type CustomNode = Outputs['providerNodes']['list']['nodes'][number];
const KINDS = ['chat', 'responses', 'anthropic', 'gemini'] as const;
type Kind = (typeof KINDS)[number];

interface NodeValues {
  readonly name: string;
  readonly prefix: string;
  readonly kind: Kind;
  readonly baseUrl: string;
  readonly apiKey: string;
}

export interface NodeFormProps {
  /** The one to change; a new one without it. */
  readonly node?: CustomNode;
  readonly onClose: () => void;
}

export function NodeForm({ node, onClose }: NodeFormProps) {
  const { t } = useTranslation('providers');
  const [values, setValues] = useState(() => valuesOf(node));
  const set = (change: Partial<NodeValues>): void => setValues((now) => ({ ...now, ...change }));
  const save = useMutation({
    mutationFn: () => (node === undefined ? addNode(values, t('key.firstName')) : updateNode(node, values)),
    onSuccess: onClose,
  });
  const problem = urlProblem(values.baseUrl);
  const isReady = values.name.trim() !== '' && values.prefix.trim() !== '' && values.baseUrl.trim() !== '';
  return (
    <Modal
      opened
      onClose={onClose}
      title={node === undefined ? t('node.add') : t('node.edit', { name: node.name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <TextInput
          label={t('node.name')}
          placeholder="LM Studio"
          data-autofocus
          maxLength={100}
          value={values.name}
          onChange={(event) => {
            const name = event.currentTarget.value;
            const isFollowing = node === undefined && values.prefix === prefixOf(values.name);
            set({ name, ...(isFollowing && { prefix: prefixOf(name) }) });
          }}
        />
        <KindField values={values} isNew={node === undefined} onChange={set} />
        <AddressFields values={values} problem={problem} onChange={set} />
        {node === undefined && (
          <PasswordInput
            label={t('key.optional')}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': t('key.show') }}
            value={values.apiKey}
            onChange={(event) => set({ apiKey: event.currentTarget.value })}
          />
        )}
        <FormError error={save.error} />
        <FormButtons
          submitLabel={node === undefined ? t('node.submit') : t('save')}
          isBusy={save.isPending}
          isReady={isReady && problem === undefined}
          onCancel={onClose}
        />
      </form>
    </Modal>
  );
}

interface AddressFieldsProps {
  readonly values: NodeValues;
  readonly problem: ReturnType<typeof urlProblem>;
  readonly onChange: (change: Partial<NodeValues>) => void;
}

function AddressFields({ values, problem, onChange }: AddressFieldsProps) {
  const { t } = useTranslation('providers');
  return (
    <>
      <TextInput
        label={t('node.url')}
        description={t('node.urlHint')}
        placeholder="http://127.0.0.1:1234/v1"
        error={problem === undefined ? undefined : t(`node.${problem}`)}
        value={values.baseUrl}
        onChange={(event) => onChange({ baseUrl: event.currentTarget.value })}
      />
      <TextInput
        label={t('node.prefix')}
        description={t('node.prefixHint', { prefix: values.prefix || 'mine' })}
        maxLength={60}
        value={values.prefix}
        onChange={(event) => onChange({ prefix: event.currentTarget.value })}
      />
    </>
  );
}

interface KindFieldProps {
  readonly values: NodeValues;
  readonly isNew: boolean;
  readonly onChange: (change: Partial<NodeValues>) => void;
}

/** The protocol of an endpoint stays; only which of OpenAI's two it is can change. */
function KindField({ values, isNew, onChange }: KindFieldProps) {
  const { t } = useTranslation('providers');
  const isOpenAi = values.kind === 'chat' || values.kind === 'responses';
  const offered = isNew ? KINDS : KINDS.filter((kind) => (kind === 'chat' || kind === 'responses') === isOpenAi);
  return (
    <Select
      label={t('node.kind')}
      allowDeselect={false}
      disabled={!isNew && !isOpenAi}
      data={offered.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
      value={values.kind}
      onChange={(kind) => onChange({ kind: (kind ?? 'chat') as Kind })}
    />
  );
}

function valuesOf(node: CustomNode | undefined): NodeValues {
  if (node === undefined) return { name: '', prefix: '', kind: 'chat', baseUrl: '', apiKey: '' };
  const { name, prefix, type, apiType = 'chat', baseUrl } = node;
  const kinds = {
    'openai-compatible': apiType,
    'anthropic-compatible': 'anthropic',
    'gemini-compatible': 'gemini',
  } as const;
  return { name, prefix, kind: kinds[type], baseUrl, apiKey: '' };
}

/** `LM Studio` → `lm-studio` */
function prefixOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_.]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '');
}

function urlProblem(text: string): 'urlWrong' | undefined {
  if (text.trim() === '') return undefined;
  const isWeb = URL.canParse(text.trim()) && /^https?:$/.test(new URL(text.trim()).protocol);
  return isWeb ? undefined : 'urlWrong';
}

async function addNode({ name, prefix, kind, baseUrl, apiKey }: NodeValues, accountName: string): Promise<void> {
  const shape =
    kind === 'chat' || kind === 'responses'
      ? { type: 'openai-compatible' as const, apiType: kind }
      : { type: `${kind}-compatible` as const };
  const { node } = await api.providerNodes.create({ name, prefix, baseUrl, ...shape });
  const { connection } = await api.providers.create({
    provider: node.id,
    name: accountName,
    ...(apiKey.trim() !== '' && { apiKey }),
  });
  await renew();
  // Its outcome shows at the account; the endpoint may be started later.
  void api.providers.test({ id: connection.id }).then(renew, renew);
}

async function updateNode({ id, type }: CustomNode, { name, prefix, kind, baseUrl }: NodeValues): Promise<void> {
  const isOpenAi = type === 'openai-compatible' && (kind === 'chat' || kind === 'responses');
  await api.providerNodes.update({ id, name, prefix, baseUrl, ...(isOpenAi && { apiType: kind }) });
  await renew();
}

async function renew(): Promise<void> {
  const keys = [queries.providerNodes.key(), queries.knownProviders.key(), queries.providers.key()];
  await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
}
