export { ChangeCustomerAddress } from './application/change-customer-address.js';
export { ChangeCustomerContact } from './application/change-customer-contact.js';
export { type NewCustomer, RegisterCustomer } from './application/register-customer.js';
export { CustomersCommandModule, CustomersQueryModule } from './customers.module.js';
export { customersContext } from './definition.js';
export { CUSTOMER_ERRORS } from './domain/customer-errors.js';
export { type CustomerDocument, customers } from './read-models/customers.js';
