import { S3ObjectStore } from '../../functions/shared/adapters/s3-object-store.ts';
import { output, s3 } from '../support/emulator-clients.ts';
import { objectStoreContract } from './object-store-contract.ts';

objectStoreContract(() => ({ store: new S3ObjectStore(s3(), output('ValuesBucket')), fetch }));
