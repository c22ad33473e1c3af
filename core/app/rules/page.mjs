// Where the test of all pages looks at this one.
export const paths = ['/app/rules', '/app/rules?q=nothing-like-it']
