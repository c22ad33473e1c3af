// Where the test of all pages looks at this one.
export const paths = ['/app/customers', '/app/customers?q=nothing-like-it']
