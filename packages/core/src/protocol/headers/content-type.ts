import type { Anomaly } from '@bulkwatch/contract';
import { type HeaderValue, headerItems } from './header.js';

/**
 * `application/json` and what is built on it (RFC 6839 section 3.1), such as `application/fhir+json`; and the
 * `application/x-amz-json-1.0` of AWS.
 */
const json = /^[\w.-]+\/(?:[\w.-]+[+-])?json(?:-[\d.]+)?(?:\s*;|$)/i;

/**
 * What is odd about the Content-Type of an answer whose body is JSON. One that is absent says nothing wrong
 * (RFC 9110 section 8.3).
 */
export function contentTypeAnomalies(header: HeaderValue): readonly Anomaly[] {
  return headerItems(header).every((text) => json.test(text)) ? [] : ['content-type-unexpected'];
}
