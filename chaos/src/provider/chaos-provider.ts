import { randomBytes } from 'node:crypto';
import { type ProviderRequest, type Simulator, startSimulator } from '@bulkwatch/simulator';
import { diceFrom } from '../dice.js';
import { startEvilOrigin } from './evil-origin.js';
import { drawPlan, type ExportPlan, endOf, scriptOfPlan } from './export-plan.js';
import { type Mood, moodOf } from './moods.js';
import type { Sighting } from './sighting.js';

export interface ChaosProviderOptions {
  readonly seed: number;
  /** Is told of each request when it is over. */
  readonly onSighting: (seen: Sighting) => void;
  /** Origins with exports and a token endpoint of their own each; 3 by default. */
  readonly origins?: number;
  /** Evil origins; 2 by default. */
  readonly evilOrigins?: number;
  /** Life of an access token; 5 by default, so that most die between two polls or soon after. */
  readonly tokenLifeSeconds?: number;
}

/** An export that can be registered. */
export interface PlannedExport {
  readonly exportId: string;
  readonly statusUrl: string;
  readonly origin: string;
  /** Name of the credential that its origin takes. */
  readonly credential: string;
  /** How its job has to end, whatever happens on the way. */
  readonly ends: 'completed' | 'failed';
  readonly plan: ExportPlan;
}

/** The servers that the exports of a chaos run live on, all in this process. */
export interface ChaosProvider {
  readonly origins: readonly string[];
  /** To be trusted as providers, and bound to no credential: whatever reaches them with one is a misdirected token. */
  readonly evilOrigins: readonly string[];
  /** For the credentials file. */
  readonly credentials: readonly object[];
  /** Texts by which a secret is known wherever it turns up: client secrets, and what all tokens of an origin begin with. */
  readonly canaries: readonly string[];
  /** Begins an export, as the seed has it where no plan is given, at the next origin in turn. */
  createExport(plan?: Partial<ExportPlan>, origin?: string): PlannedExport;
  /** How an origin behaves from now on; null: as its exports' plans say. */
  setMood(origin: string, mood: Mood | null): void;
  /** Ends all moods. */
  calm(): void;
  /** Requests to status URLs that an origin has in hand. */
  inFlight(origin: string): number;
  stop(): Promise<void>;
}

interface House {
  readonly simulator: Simulator;
  readonly credential: string;
  readonly canaries: readonly string[];
  readonly settings: object;
}

/** Starts it on loopback. Rejects when a port cannot be had. */
export async function startChaosProvider(options: ChaosProviderOptions): Promise<ChaosProvider> {
  const { seed, onSighting, origins: count = 3, evilOrigins: evilCount = 2 } = options;
  const dice = diceFrom(seed);
  const evils = await Promise.all(times(evilCount, () => startEvilOrigin(onSighting)));
  const houses = await Promise.all(times(count, (number) => startHouse(number, options)));
  const byOrigin = new Map(houses.map((house) => [house.simulator.origin, house]));
  const houseAt = (origin: string): House => {
    const house = byOrigin.get(origin);
    if (house === undefined) throw new Error(`There is no provider ${origin}.`);
    return house;
  };
  let created = 0;
  const lureFor = (number: number) => `${evils[number % evils.length]?.origin}/lure/${number}`;
  const setMood = (origin: string, mood: Mood | null): void => {
    const { simulator } = houseAt(origin);
    simulator.interrupt('status');
    simulator.interrupt('token');
    if (mood === null) return;
    const { spoils, interlude } = moodOf(mood);
    simulator.interrupt(spoils, interlude({ simulator, dice, lure: lureFor(created) }));
  };

  return {
    origins: houses.map(({ simulator }) => simulator.origin),
    evilOrigins: evils.map(({ origin }) => origin),
    credentials: houses.map(({ settings }) => settings),
    canaries: houses.flatMap(({ canaries }) => canaries),
    createExport(wanted = {}, at) {
      const origin = at ?? houses[created % houses.length]?.simulator.origin ?? '';
      const { simulator, credential } = houseAt(origin);
      const plan = { ...drawPlan(dice), ...wanted };
      const { id, statusUrl } = simulator.createExport(scriptOfPlan(plan, lureFor(created)));
      created += 1;
      return { exportId: id, statusUrl, origin, credential, ends: endOf(plan), plan };
    },
    setMood,
    calm() {
      for (const origin of byOrigin.keys()) setMood(origin, null);
    },
    inFlight: (origin) => houseAt(origin).simulator.inFlight(),
    async stop() {
      await Promise.all([
        ...houses.map(({ simulator }) => simulator.stop()),
        ...evils.map((evil) => evil.stop()),
      ]);
    },
  };
}

async function startHouse(
  number: number,
  { onSighting, tokenLifeSeconds = 5 }: ChaosProviderOptions,
): Promise<House> {
  const credential = `house-${number}`;
  const clientSecret = `canary-secret-${randomBytes(12).toString('hex')}`;
  const tokenStamp = `canary-token-${randomBytes(8).toString('hex')}-`;
  const simulator: Simulator = await startSimulator({
    clientId: credential,
    clientSecret,
    tokenStamp,
    tokenLifeSeconds,
    listener: {
      request: (request) => onSighting(sightingOf(request, simulator.origin)),
      tokenRequest: ({ receivedAtMs, closedAtMs, status }) =>
        onSighting({
          at: receivedAtMs,
          endedAt: closedAtMs,
          origin: simulator.origin,
          exportId: null,
          kind: 'token',
          answered: status !== null,
          ending: status,
        }),
    },
  });
  const settings = {
    name: credential,
    kind: 'client-secret-basic',
    tokenUrl: simulator.tokenUrl,
    clientId: credential,
    clientSecret,
    origins: [simulator.origin],
  };
  return { simulator, credential, canaries: [clientSecret, tokenStamp], settings };
}

function sightingOf(request: ProviderRequest, origin: string): Sighting {
  const { receivedAtMs, closedAtMs, answeredAtMs, retryAfterMs } = request;
  return {
    at: receivedAtMs,
    endedAt: answeredAtMs ?? closedAtMs ?? receivedAtMs,
    origin,
    exportId: request.exportId,
    requestId: request.requestId,
    kind: request.method === 'DELETE' ? 'delete' : 'status',
    authorization: authorizationOf(request),
    ...(answeredAtMs !== null && retryAfterMs !== null && { askedForMs: retryAfterMs }),
    answered: answeredAtMs !== null,
    ending: request.status,
  };
}

function authorizationOf({ hasAuthorization, hasForeignToken }: ProviderRequest) {
  if (!hasAuthorization) return 'none';
  return hasForeignToken ? 'wrong' : 'right';
}

const times = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, number) => make(number));
