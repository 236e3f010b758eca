/** Container engines of the machine that an image can be handed to. */
export const ENGINES = ['docker', 'podman', 'containerd'] as const;
export type Engine = (typeof ENGINES)[number];
