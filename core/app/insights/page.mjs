// Where the test of all pages looks at this one.
export const paths = ['/app/insights', '/app/insights?months=6&team=Payments', '/app/insights/service', '/app/insights/incidents']
