// suite: deep
import { suiteOfLeaks } from '../lib/leaks'

suiteOfLeaks('capture: leaks over librtmp', 'librtmp').run()
