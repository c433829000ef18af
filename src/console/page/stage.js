/** Where a run stands, as one word and one sign: never by colour alone. */

export const stageName = ({ stage }) => (typeof stage === 'string' ? stage : stage.over);

export const isOver = (look) => look === null || typeof look.stage !== 'string';

export const STAGE_SIGNS = { connecting: '…', running: '▶', paused: '❚❚', finished: '✓', stopped: '■', faulted: '✕' };
