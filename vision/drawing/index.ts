/**
 * Draws photos of people with a phone, a cigarette, both or neither, and plans small contests of them.
 *
 * This room imports sharp and itself alone: what is drawn must not follow how the other rooms open photos.
 */
export {
  alterations,
  type Contest,
  type ContestSettings,
  type PlannedPhoto,
  planContest,
  type Truth,
} from './contest.ts';
export { type DrawRequest, drawContest } from './draw-contest.ts';
export { drawPhoto, type Subject } from './photo.ts';
export { type ClassName, classNames } from './pose.ts';
