export default defineEventHandler(() => ({ from: 'Nitro' }));
