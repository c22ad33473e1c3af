// Where the test of all pages looks at this one.
export const paths = ['/app/incidents/INC-1/writeup', '/app/incidents/INC-1/writeup?version=1&since=1']
