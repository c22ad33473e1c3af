// Where the test of all pages looks at this one.
export const paths = ['/app/incidents/INC-1/writeup/edit']
