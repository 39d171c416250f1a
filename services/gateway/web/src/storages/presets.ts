import type { S3Provider, S3Settings } from "../api/types";

export interface Preset {
  provider: S3Provider;
  regions: readonly string[];
  /** The endpoint that follows from the region, where the provider has a rule for it. */
  endpoint: ((region: string) => string) | null;
  pathStyle: boolean;
}

const AWS_REGIONS = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ca-central-1",
  "eu-central-1",
  "eu-central-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eu-north-1",
  "eu-south-1",
  "ap-south-1",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "sa-east-1",
];

export const PRESETS: Record<S3Provider, Preset> = {
  aws: {
    provider: "aws",
    regions: AWS_REGIONS,
    endpoint: (region) => `https://s3.${region}.amazonaws.com`,
    pathStyle: false,
  },
  digitalocean: {
    provider: "digitalocean",
    regions: ["ams3", "blr1", "fra1", "lon1", "nyc3", "sfo2", "sfo3", "sgp1", "syd1", "tor1"],
    endpoint: (region) => `https://${region}.digitaloceanspaces.com`,
    pathStyle: false,
  },
  backblaze: {
    provider: "backblaze",
    regions: [
      "us-west-000",
      "us-west-001",
      "us-west-002",
      "us-west-004",
      "us-east-005",
      "eu-central-003",
      "ca-east-006",
    ],
    endpoint: (region) => `https://s3.${region}.backblazeb2.com`,
    pathStyle: false,
  },
  ovh: {
    provider: "ovh",
    regions: ["gra", "rbx", "sbg", "de", "uk", "waw", "bhs", "sgp", "eu-west-par"],
    endpoint: (region) => `https://s3.${region}.io.cloud.ovh.net`,
    pathStyle: false,
  },
  minio: { provider: "minio", regions: [], endpoint: null, pathStyle: true },
  custom: { provider: "custom", regions: [], endpoint: null, pathStyle: false },
};

export interface S3Draft {
  bucket: string;
  region: string;
  endpoint: string;
  public_endpoint: string;
  path_prefix: string;
  path_style: boolean;
}

/** The endpoint as it will be used: what the provider's rule gives, or what was typed. */
export function endpointOf(provider: S3Provider, draft: Pick<S3Draft, "region" | "endpoint">): string {
  const rule = PRESETS[provider].endpoint;
  if (!rule) return draft.endpoint.trim();
  const region = draft.region.trim();
  return region ? rule(region) : "";
}

export function s3Settings(provider: S3Provider, draft: S3Draft): S3Settings {
  const settings: S3Settings = {
    provider,
    bucket: draft.bucket.trim(),
    path_style: draft.path_style,
  };
  const optional = {
    region: draft.region.trim(),
    endpoint: endpointOf(provider, draft),
    public_endpoint: draft.public_endpoint.trim(),
    path_prefix: draft.path_prefix.trim().replace(/^\/+/, ""),
  };
  for (const [key, value] of Object.entries(optional))
    if (value) settings[key as keyof typeof optional] = value;
  return settings;
}

export function isInsecure(endpoint: string): boolean {
  return /^http:\/\//i.test(endpoint.trim());
}
