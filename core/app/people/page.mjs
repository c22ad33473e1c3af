// Where the test of all pages looks at this one.
export const paths = ['/app/people', '/app/people?q=an']
