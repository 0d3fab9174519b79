import { defineConfig } from 'vitest/config';
import common from '../../vitest.config.ts';

// npm run pictures

export default defineConfig({
  test: {
    ...common.test,
    include: ['test/pictures/*.test.ts'],
    env: { PING14C_PICTURES: 'make' },
    update: true,
  },
});
