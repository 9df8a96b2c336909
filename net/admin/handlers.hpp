#pragma once

#include "core/audit_page.hpp"
#include "net/admin/admin_service.hpp"

// The operator's calls, and the auditor's.
namespace doseline::net::admin {

// In read-only an operator's acts are refused, as a clinic's are. Not asked by who takes access
// away: a stolen token must not have to wait.
bool is_read_only(const admin_context& admin);
reply read_only_problem();

// Told of an act on the running program, which is done: when the audit has it, or at once where
// nothing can be stored. Then the log alone has it, as when its record was not taken.
answer done(admin_call& c, core::operator_act act);
reply render_done(const core::note_act& act, bool recorded, const admin_context& admin);

answer livez(admin_call& c);
answer readyz(admin_call& c);
answer metrics(admin_call& c);
answer dashboard(admin_call& c);
answer status(admin_call& c);
answer proof(admin_call& c);
answer stock(admin_call& c);
answer query_audit(admin_call& c);
answer revoke(admin_call& c);
answer put_clinic(admin_call& c);
answer put_lot(admin_call& c);
answer put_shipment(admin_call& c);
answer put_programme(admin_call& c);
answer show_backup(admin_call& c);
answer begin_backup(admin_call& c);
answer pay_claims(admin_call& c);
answer set_mode(admin_call& c);
answer drain(admin_call& c);
answer reload(admin_call& c);

reply render_audit(const core::audit_page& page, const admin_context& admin);
reply render_accepted(const core::accepted& a);
reply render_shipped(const core::shipment_receipt& receipt, const core::published& state);
reply render_refused(const core::refusal& why, const render_context& context);
reply render_revoked(const core::revoked_answer& a, const core::published& state);
reply render_paid(const core::claim_receipt& receipt, const core::published& state);
reply render_status(const admin_context& admin);
reply render_reloaded(const admin_context& admin);
reply render_backup_begun(const admin_context& admin);
reply render_proof(const core::proof_answer& a, const core::published& state);

}  // namespace doseline::net::admin
