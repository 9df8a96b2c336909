#include "core/registry.hpp"

// Who may speak for a clinic.
namespace doseline::core {

outcome registry::decide_on(const enroll_device& c, const moment& now, sequence next,
                            decided& into) const {
    if (now.recorded_at > c.code_expires) {
        return refusal{errc::expired, "code", 0, std::nullopt};
    }
    if (revoked_.has(c.by.clinic, c.by.device, c.code_expires - limits::enrolment_code_lifetime)) {
        // Issued before a revocation. A code says its last day alone: one of the same day counts.
        return refusal{errc::expired, "code", 0, std::nullopt};
    }
    if (codes_used_.contains(c.code_id)) {
        return refusal{errc::code_used, "code", 0, std::nullopt};
    }
    into.events.emplace_back(device_enrolled{header_for(c.by.clinic, now), c.by.clinic, c.by.device,
                                             c.code_id, c.code_expires});
    into.audit.push_back({audit_action::enrolled,
                          decision::eligible,
                          now.recorded_at,
                          c.by,
                          {},
                          no_programme,
                          0,
                          next + into.events.size() - 1});
    return enrolled_answer{c.by.clinic, c.by.device, now.recorded_at};
}

outcome registry::decide_on(const revoke_access& c, const moment& now, sequence next,
                            decided& into) const {
    if (revoked_.full()) {
        return refusal{errc::limit_reached, "", 0, std::nullopt};
    }
    into.events.emplace_back(
        access_revoked{header_for(c.clinic, now), c.clinic, c.device, now.recorded_at});
    audit_record done;
    done.action = audit_action::revoked;
    done.at = now.recorded_at;
    done.by.clinic = c.clinic;
    done.by.device = c.device;
    done.by.address = c.address;
    done.subject = next + into.events.size() - 1;
    into.audit.push_back(done);
    return revoked_answer{c.clinic, c.device, now.recorded_at};
}

void registry::apply_to(const device_enrolled& e, sequence seq) {
    codes_used_.emplace(e.code_id, used_code{e.clinic, e.device, e.code_expires});
    touch(e.clinic, seq);
}

void registry::apply_to(const access_revoked& e, sequence seq) {
    revoked_.add(e.clinic, e.device, e.issued_until);
    revocations_unpublished_.push_back(e);
    touch(e.clinic, seq);
}

}  // namespace doseline::core
