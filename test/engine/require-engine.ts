import { beforeEach } from 'vitest';
import { engineRequired, installedEntry } from './engines.ts';

if (installedEntry() === null) {
  if (engineRequired) throw new Error('GROWBENCH_REQUIRE_ENGINE=1, but no engine is installed');
  beforeEach(({ skip }) => {
    skip('no native engine is installed: growbench engine install');
  });
}
