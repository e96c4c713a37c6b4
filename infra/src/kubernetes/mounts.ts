/** The files that services read, where they come from, and the settings that name them. */
import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import type { IVolumeMount } from 'kubernetes-models/v1/VolumeMount';

export interface Mounts {
  readonly env: readonly IEnvVar[];
  readonly volumeMounts: readonly IVolumeMount[];
  readonly volumes: readonly IVolume[];
}

const folder = '/etc/bulkwatch';

/**
 * Whole folders, never single files (`subPath`): what is mounted alone is not replaced when the Secret is. Other
 * pods' Secrets are not among them: a pod sees what it needs.
 */
export function mountsOf(component: 'api' | 'worker' | 'cli'): Mounts {
  const files = component === 'worker' ? filesAndSecrets : plainFiles;
  const volumes = [
    { name: 'files', ...files },
    secretVolume('redis', redisSecretOf(component)),
    secretVolume('seal-keys', 'bulkwatch-seal-keys'),
  ];
  return {
    env: [
      { name: 'BULKWATCH_REDIS_URL_FILE', value: `${folder}/redis/url` },
      { name: 'BULKWATCH_SEAL_KEYS_FILE', value: `${folder}/seal-keys/seal-keys` },
      { name: 'BULKWATCH_CREDENTIALS_FILE', value: `${folder}/files/credentials.json` },
    ],
    volumeMounts: volumes.map(({ name }) => ({
      name,
      mountPath: `${folder}/${name}`,
      readOnly: true,
    })),
    volumes,
  };
}

/** Each service logs in to Redis as a user of its own: infra/redis/users.acl. */
const redisSecretOf = (component: string): string => `bulkwatch-${component}-redis`;

/** Readable by the group of the pod (`fsGroup`) and nobody else. */
const defaultMode = 0o440;

const secretVolume = (name: string, secretName: string): IVolume => ({
  name,
  secret: { secretName, defaultMode },
});

const filesName = 'bulkwatch-files';
/** credentials.json, and what else the settings name: presets, tenants. */
const plainFiles = { configMap: { name: filesName, defaultMode } };
/** The worker finds the secrets of credentials beside the file that names them. */
const filesAndSecrets = {
  projected: {
    defaultMode,
    sources: [
      { configMap: { name: filesName } },
      { secret: { name: 'bulkwatch-credential-secrets', optional: true } },
    ],
  },
};
