// Where the test of all pages looks at this one.
export const paths = ['/app/past', '/app/past?q=checkout', '/app/past?q=%22%3Cscript%3E']
