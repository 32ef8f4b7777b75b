/** A consumer group: every message is handled once by each group that listens to its topic. */
export const QUEUE = {
  /** Matches events with rules. */
  executorEvents: 'executor.events',
  /** Places requested executions on workers. */
  executorExecutions: 'executor.executions',
  /** Lets executions go on that wait for a slot of a policy. */
  executorAdmission: 'executor.admission',
} as const;

export type QueueName = (typeof QUEUE)[keyof typeof QUEUE];

interface RuleChange {
  readonly rule_id: number;
  readonly rule_ref: string;
  readonly trigger_ref: string;
}

interface RuleState extends RuleChange {
  readonly trigger_id: number | null;
  readonly action_ref: string;
  readonly trigger_params: unknown;
  readonly enabled: boolean;
}

/** What each message carries. Ids only where the row holds the rest; never a secret. */
export interface TopicPayloads {
  'event.created': { readonly event_id: number };
  'execution.requested': { readonly execution_id: number };
  'execution.completed': { readonly execution_id: number };
  'inquiry.created': { readonly inquiry_id: number; readonly execution_id: number };
  /** However it ended, a deletion being a cancellation: what waits goes on. The answer itself stays in the row. */
  'inquiry.responded': {
    readonly inquiry_id: number;
    readonly execution_id: number;
    readonly status: 'responded' | 'timeout' | 'cancelled';
  };
  /** Also sent by the triggers of the admission migration: a group of a policy may have room, or other policies may apply. */
  'admission.released': {
    readonly state_id: number;
    /** Slots given back; missing: none. */
    readonly completed?: number;
    /** Policies were changed: those who wait may belong elsewhere. */
    readonly reconsider?: boolean;
  };
  'rule.created': RuleState;
  'rule.updated': RuleState;
  'rule.enabled': RuleState;
  'rule.disabled': RuleChange;
  'rule.deleted': RuleChange;
  'pack.registered': {
    readonly pack_id: number;
    readonly pack_ref: string;
    readonly version: string;
    readonly runtime_names: readonly string[];
  };
  'pack.deleted': { readonly pack_id: number; readonly pack_ref: string };
}

export type Topic = keyof TopicPayloads;

/** A message to be sent: a topic and what belongs to it. */
export type OutgoingMessage = { [T in Topic]: { readonly topic: T; readonly payload: TopicPayloads[T] } }[Topic];

/** Who listens to what. A topic nobody listens to costs nothing: no row is written for it. */
export const SUBSCRIPTIONS: Readonly<Record<Topic, readonly QueueName[]>> = {
  'event.created': [QUEUE.executorEvents],
  'execution.requested': [QUEUE.executorExecutions],
  'execution.completed': [],
  'admission.released': [QUEUE.executorAdmission],
  'inquiry.created': [],
  'inquiry.responded': [],
  'rule.created': [],
  'rule.updated': [],
  'rule.enabled': [],
  'rule.disabled': [],
  'rule.deleted': [],
  'pack.registered': [],
  'pack.deleted': [],
};

/** Whether a message on this topic would reach anybody. */
export const hasListeners = (topic: Topic): boolean => SUBSCRIPTIONS[topic].length > 0;

/** Channels of `NOTIFY`; the triggers of the notify migration send on the same names. */
export const CHANNEL = {
  /** Payload: the queue that got a message. */
  outbox: 'attune_outbox',
  /** Payload: the id of the worker that got work. */
  dispatch: 'attune_dispatch',
  /** Payload: the id of a worker that is to stop something it runs. Sent by whoever asks for it, in the same transaction. */
  cancel: 'attune_cancel',
} as const;
