export type { EpisodeTask } from './episode-view.ts';
export * from './start.ts';
export type { StudySource } from './studies.ts';
export type { ViewFiles } from './view-app.ts';
export type * from './wire.ts';
