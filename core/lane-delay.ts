/** SQS's longest delay of a message; what is due later is the timers'. */
export const MAX_DELAY_SECONDS = 900;
