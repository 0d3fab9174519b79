/**
 * Says whether PingOne has a route, as far as Ping's own clients and pages name them (docs/pingone.md, section 8): what it has
 * and the sandbox has not is told apart from what nobody has.
 *
 * @param asked the parts of the path below `/v1`
 */
export function isPingOneRoute(method: string, asked: readonly string[]): boolean {
  return pingOneRoutes.some(
    (route) =>
      route.methods.includes(method) &&
      route.parts.length === asked.length &&
      route.parts.every((part, at) => part === ':id' || part === asked[at]),
  );
}

/** From the API descriptions in patrickcping/pingone-go-sdk-v2 and pingidentity/pingone-go-client, and Ping's pages; `:id` stands for any part. */
const pingOneRoutes = `
GET POST environments
DELETE GET PUT environments/:id
GET environments/:id/activeIdentityCounts
GET POST environments/:id/activities
GET environments/:id/activities/:id
GET PUT environments/:id/adminConfig
GET POST environments/:id/agreements
DELETE GET PUT environments/:id/agreements/:id
GET POST environments/:id/agreements/:id/languages
DELETE GET PUT environments/:id/agreements/:id/languages/:id
GET POST environments/:id/agreements/:id/languages/:id/revisions
DELETE GET environments/:id/agreements/:id/languages/:id/revisions/:id
GET POST environments/:id/alertChannels
DELETE PUT environments/:id/alertChannels/:id
GET POST environments/:id/apiServers
DELETE GET PUT environments/:id/apiServers/:id
GET POST environments/:id/apiServers/:id/deployment
GET POST environments/:id/apiServers/:id/operations
DELETE GET PUT environments/:id/apiServers/:id/operations/:id
GET environments/:id/applicationResources
GET environments/:id/applicationResources/:id
GET POST environments/:id/applicationResources/:id/permissions
DELETE GET PUT environments/:id/applicationResources/:id/permissions/:id
GET POST environments/:id/applicationRoles
DELETE GET PUT environments/:id/applicationRoles/:id
GET environments/:id/applicationRoles/:id/assignments
GET POST environments/:id/applicationRoles/:id/permissions
DELETE environments/:id/applicationRoles/:id/permissions/:id
GET environments/:id/applicationSignons
GET POST environments/:id/applications
DELETE GET PUT environments/:id/applications/:id
GET POST environments/:id/applications/:id/attributes
DELETE GET PUT environments/:id/applications/:id/attributes/:id
GET POST environments/:id/applications/:id/flowPolicyAssignments
DELETE GET PUT environments/:id/applications/:id/flowPolicyAssignments/:id
GET POST environments/:id/applications/:id/grants
DELETE GET PUT environments/:id/applications/:id/grants/:id
GET POST environments/:id/applications/:id/pushCredentials
DELETE GET PUT environments/:id/applications/:id/pushCredentials/:id
GET POST environments/:id/applications/:id/roleAssignments
DELETE GET environments/:id/applications/:id/roleAssignments/:id
DELETE GET POST environments/:id/applications/:id/secret
GET POST environments/:id/applications/:id/signOnPolicyAssignments
DELETE GET PUT environments/:id/applications/:id/signOnPolicyAssignments/:id
GET PUT environments/:id/billOfMaterials
GET PUT environments/:id/brandingSettings
GET environments/:id/capabilities
GET POST environments/:id/certificates
DELETE GET environments/:id/certificates/:id
GET environments/:id/certificates/:id/applications
GET POST environments/:id/connectorInstances
DELETE GET POST PUT environments/:id/connectorInstances/:id
GET environments/:id/connectors
GET environments/:id/connectors/:id
GET environments/:id/connectors/:id/details
GET POST PUT environments/:id/credentialIssuerProfile
GET POST environments/:id/credentialTypes
DELETE GET PUT environments/:id/credentialTypes/:id
GET POST environments/:id/credentialTypes/:id/issuanceRules
DELETE GET PUT environments/:id/credentialTypes/:id/issuanceRules/:id
GET POST environments/:id/credentialTypes/:id/issuanceRules/:id/stagedChanges
GET environments/:id/credentialTypes/:id/issuanceRules/:id/usageCounts
GET environments/:id/credentialTypes/:id/issuanceRules/:id/usageDetails
GET environments/:id/credentialTypes/:id/versions
GET environments/:id/credentialTypes/:id/versions/:id
GET POST environments/:id/customDomains
DELETE GET POST environments/:id/customDomains/:id
GET POST environments/:id/davinciApplications
DELETE GET PUT environments/:id/davinciApplications/:id
GET POST environments/:id/davinciApplications/:id/flowPolicies
DELETE GET PUT environments/:id/davinciApplications/:id/flowPolicies/:id
GET environments/:id/davinciApplications/:id/flowPolicies/:id/events
POST environments/:id/davinciApplications/:id/key
POST environments/:id/davinciApplications/:id/secret
GET POST environments/:id/decisionEndpoints
DELETE GET PUT environments/:id/decisionEndpoints/:id
POST environments/:id/decryptions
GET POST environments/:id/deviceAuthenticationPolicies
DELETE GET PUT environments/:id/deviceAuthenticationPolicies/:id
GET POST environments/:id/digitalWalletApplications
DELETE GET PUT environments/:id/digitalWalletApplications/:id
GET POST environments/:id/emailDomains
DELETE GET environments/:id/emailDomains/:id
GET environments/:id/emailDomains/:id/dkim
GET environments/:id/emailDomains/:id/ownership
GET environments/:id/emailDomains/:id/spf
GET POST environments/:id/emailDomains/:id/trustedEmails
DELETE GET POST environments/:id/emailDomains/:id/trustedEmails/:id
POST environments/:id/encryptions
GET POST environments/:id/fido2Policies
DELETE GET PUT environments/:id/fido2Policies/:id
GET POST environments/:id/fidoDevicesMetadata
DELETE GET environments/:id/fidoDevicesMetadata/:id
GET POST environments/:id/fidoPolicies
DELETE GET PUT environments/:id/fidoPolicies/:id
GET environments/:id/flowPolicies
GET environments/:id/flowPolicies/:id
GET POST environments/:id/flows
DELETE GET POST PUT environments/:id/flows/:id
PUT environments/:id/flows/:id/enabled
GET environments/:id/flows/:id/versions
DELETE GET POST environments/:id/flows/:id/versions/:id
PUT environments/:id/flows/:id/versions/:id/alias
GET environments/:id/flows/:id/versions/:id/details
GET POST environments/:id/forms
DELETE GET PUT environments/:id/forms/:id
GET POST environments/:id/gateways
DELETE GET PUT environments/:id/gateways/:id
GET POST environments/:id/gateways/:id/credentials
DELETE GET environments/:id/gateways/:id/credentials/:id
GET environments/:id/gateways/:id/instances
GET environments/:id/gateways/:id/instances/:id
GET POST environments/:id/gateways/:id/roleAssignments
DELETE GET PUT environments/:id/gateways/:id/roleAssignments/:id
GET POST environments/:id/groups
DELETE GET PUT environments/:id/groups/:id
GET POST environments/:id/groups/:id/memberOfGroups
DELETE GET environments/:id/groups/:id/memberOfGroups/:id
GET POST environments/:id/groups/:id/roleAssignments
DELETE GET environments/:id/groups/:id/roleAssignments/:id
GET POST environments/:id/identityProviders
DELETE GET PUT environments/:id/identityProviders/:id
GET POST environments/:id/identityProviders/:id/attributes
DELETE GET PUT environments/:id/identityProviders/:id/attributes/:id
POST environments/:id/images
DELETE GET environments/:id/images/:id
GET environments/:id/integrations
GET environments/:id/integrations/:id
GET environments/:id/integrations/:id/versions
GET environments/:id/integrations/:id/versions/:id
GET environments/:id/integrations/:id/versions/:id/asset
GET environments/:id/integrations/:id/versions/:id/attributes
GET POST environments/:id/keyRotationPolicies
DELETE GET PUT environments/:id/keyRotationPolicies/:id
GET POST environments/:id/keys
DELETE GET PUT environments/:id/keys/:id
GET environments/:id/keys/:id/applications
GET POST environments/:id/keys/:id/csr
GET POST environments/:id/languages
DELETE GET PUT environments/:id/languages/:id
GET POST environments/:id/languages/:id/status
DELETE GET PUT environments/:id/languages/:id/status/:id
GET environments/:id/metrics/activeIdentityCounts
DELETE GET PUT environments/:id/mfaSettings
GET POST environments/:id/notificationsPolicies
DELETE GET PUT environments/:id/notificationsPolicies/:id
DELETE GET PUT environments/:id/notificationsSettings
DELETE GET PUT environments/:id/notificationsSettings/emailDeliverySettings
GET POST environments/:id/notificationsSettings/phoneDeliverySettings
DELETE GET PUT environments/:id/notificationsSettings/phoneDeliverySettings/:id
GET POST environments/:id/passwordPolicies
DELETE GET PUT environments/:id/passwordPolicies/:id
GET POST environments/:id/populations
DELETE GET PUT environments/:id/populations/:id
GET PUT environments/:id/populations/:id/defaultIdentityProvider
DELETE environments/:id/propagation/mapping/:id
GET PUT environments/:id/propagation/mappings/:id
GET POST environments/:id/propagation/plans
DELETE GET PUT environments/:id/propagation/plans/:id
GET environments/:id/propagation/plans/:id/rules
POST environments/:id/propagation/revisions
GET environments/:id/propagation/revisions/:id
GET POST environments/:id/propagation/rules
DELETE GET PUT environments/:id/propagation/rules/:id
GET POST environments/:id/propagation/rules/:id/mappings
POST environments/:id/propagation/storeMetadata/Aquera
POST environments/:id/propagation/storeMetadata/Salesforce
POST environments/:id/propagation/storeMetadata/SalesforceContacts
POST environments/:id/propagation/storeMetadata/scim
GET POST environments/:id/propagation/stores
DELETE GET PUT environments/:id/propagation/stores/:id
POST environments/:id/propagation/stores/connection/status
GET POST environments/:id/rateLimitIpConfigs
DELETE GET environments/:id/rateLimitIpConfigs/:id
DELETE GET PUT environments/:id/recaptchaV2Config
GET POST environments/:id/resources
DELETE GET PUT environments/:id/resources/:id
GET environments/:id/resources/:id/applicationPermissions
GET POST environments/:id/resources/:id/applicationResources
DELETE GET PUT environments/:id/resources/:id/applicationResources/:id
GET POST environments/:id/resources/:id/attributes
DELETE GET PUT environments/:id/resources/:id/attributes/:id
GET POST environments/:id/resources/:id/scopes
DELETE GET PUT environments/:id/resources/:id/scopes/:id
DELETE GET POST environments/:id/resources/:id/secret
POST environments/:id/riskEvaluations
GET environments/:id/riskEvaluations/:id
PUT environments/:id/riskEvaluations/:id/event
GET POST environments/:id/riskPolicySets
DELETE GET PUT environments/:id/riskPolicySets/:id
GET POST environments/:id/riskPredictors
DELETE GET PUT environments/:id/riskPredictors/:id
GET POST environments/:id/roles
DELETE GET PUT environments/:id/roles/:id
GET environments/:id/schemas
GET environments/:id/schemas/:id
GET POST environments/:id/schemas/:id/attributes
DELETE GET PATCH PUT environments/:id/schemas/:id/attributes/:id
GET POST environments/:id/sessions/:id
GET POST environments/:id/sessions/me
GET POST environments/:id/signOnPolicies
DELETE GET PUT environments/:id/signOnPolicies/:id
GET POST environments/:id/signOnPolicies/:id/actions
DELETE GET PUT environments/:id/signOnPolicies/:id/actions/:id
POST environments/:id/signings
POST environments/:id/snapshots
GET environments/:id/snapshots/:id
GET environments/:id/snapshots/:id/versions
GET environments/:id/snapshots/:id/versions/:id
PUT environments/:id/status
GET POST environments/:id/subscriptions
DELETE GET PUT environments/:id/subscriptions/:id
GET environments/:id/templates
GET environments/:id/templates/:id
DELETE GET PATCH POST environments/:id/templates/:id/contents
DELETE GET PUT environments/:id/templates/:id/contents/:id
GET POST environments/:id/themes
DELETE GET PUT environments/:id/themes/:id
GET PUT environments/:id/themes/:id/default
GET environments/:id/totalIdentities
GET PUT environments/:id/translations/:id
PUT environments/:id/type
GET environments/:id/userActivities
GET POST environments/:id/users
DELETE GET PATCH POST PUT environments/:id/users/:id
GET environments/:id/users/:id/agreementConsents
GET POST environments/:id/users/:id/agreementConsents/:id
GET POST environments/:id/users/:id/applicationRoles
DELETE environments/:id/users/:id/applicationRoles/:id
GET POST environments/:id/users/:id/credentials
GET PUT environments/:id/users/:id/credentials/:id
GET environments/:id/users/:id/credentials/:id/provisionedCredentials
DELETE GET POST environments/:id/users/:id/devices
DELETE GET POST environments/:id/users/:id/devices/:id
PUT environments/:id/users/:id/devices/:id/logs
PUT environments/:id/users/:id/devices/:id/nickname
GET POST environments/:id/users/:id/digitalWallets
DELETE GET PUT environments/:id/users/:id/digitalWallets/:id
GET environments/:id/users/:id/digitalWallets/:id/provisionedCredentials
POST environments/:id/users/:id/emailVerification
GET PUT environments/:id/users/:id/enabled
GET PUT environments/:id/users/:id/identityProvider
GET environments/:id/users/:id/linkedAccounts
DELETE GET environments/:id/users/:id/linkedAccounts/:id
GET POST environments/:id/users/:id/memberOfGroups
DELETE GET environments/:id/users/:id/memberOfGroups/:id
POST environments/:id/users/:id/messages
GET PUT environments/:id/users/:id/mfaEnabled
POST environments/:id/users/:id/pairingKeys
DELETE GET environments/:id/users/:id/pairingKeys/:id
GET POST PUT environments/:id/users/:id/password
GET PUT environments/:id/users/:id/population
GET POST environments/:id/users/:id/roleAssignments
DELETE GET environments/:id/users/:id/roleAssignments/:id
GET environments/:id/users/:id/sessions
DELETE GET environments/:id/users/:id/sessions/:id
GET PUT environments/:id/users/:id/verifyStatus
GET POST environments/:id/users/:id/verifyTransactions
DELETE GET PUT environments/:id/users/:id/verifyTransactions/:id
GET POST environments/:id/variables
DELETE GET PUT environments/:id/variables/:id
POST environments/:id/verifications
GET POST environments/:id/verifyPolicies
DELETE GET PUT environments/:id/verifyPolicies/:id
GET POST environments/:id/voicePhrases
DELETE GET PUT environments/:id/voicePhrases/:id
GET POST environments/:id/voicePhrases/:id/contents
DELETE GET PUT environments/:id/voicePhrases/:id/contents/:id
GET organizations
GET organizations/:id
GET organizations/:id/capabilities
GET organizations/:id/licenses
GET organizations/:id/licenses/:id
GET organizations/:id/licenses/:id/metrics/activeIdentityCounts
GET PUT organizations/:id/licenses/:id/name
GET roles
GET roles/:id
`
  .trim()
  .split('\n')
  .map((line) => {
    const words = line.split(' ');
    return { methods: words.slice(0, -1), parts: words.at(-1)?.split('/') ?? [] };
  });
