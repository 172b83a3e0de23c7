// suite: deep
import { suiteOfLeaks } from '../lib/leaks'

suiteOfLeaks('capture: leaks', 'auto').run()
