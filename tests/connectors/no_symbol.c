/* no_symbol - is a shared object but not a connector. */
int no_symbol_here(void);

__attribute__((visibility("default"))) int no_symbol_here(void)
{
    return 0;
}
