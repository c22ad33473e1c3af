// Where the test of all pages looks at this one.
export const paths = ['/app/groups', '/app/groups?state=none', '/app/groups?q=nothing-like-it']
